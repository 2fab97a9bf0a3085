-- name: insert_bank
-- A new bank; nothing when the name is taken.
INSERT INTO bank (name) VALUES ($1) ON CONFLICT (name) DO NOTHING RETURNING id

-- name: select_banks
-- Every bank with its number of items.
SELECT bank.id, bank.name, count(item.id) AS items
FROM bank
LEFT JOIN source ON source.bank_id = bank.id
LEFT JOIN item ON item.source_id = source.id
GROUP BY bank.id

-- name: select_optional_bank_id
-- The bank of this name.
SELECT id FROM bank WHERE name = $1

-- name: lock_bank
-- Hold the bank until the transaction ends.
SELECT id FROM bank WHERE id = $1 FOR NO KEY UPDATE

-- name: select_optional_source
-- The name under which the same bytes were imported before.
SELECT name FROM source WHERE bank_id = $1 AND sha256 = $2

-- name: select_optional_source_id
-- The latest source of this file name.
SELECT id FROM source WHERE bank_id = $1 AND name = $2 ORDER BY imported_at DESC, id DESC LIMIT 1

-- name: insert_source
-- One imported file.
INSERT INTO source (bank_id, name, title, sha256, imported_at, warnings) VALUES ($1, $2, $3, $4, $5, $6)
RETURNING id

-- name: insert_asset
-- A picture, once.
INSERT INTO asset (sha256, media_type, data) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO NOTHING

-- name: insert_passage
-- A stimulus of a source.
INSERT INTO passage (source_id, number, body) VALUES ($1, $2, $3) RETURNING id

-- name: insert_item
-- An item of a source.
INSERT INTO item (source_id, number, position, part, kind, level, content, solution, passage_id, plain, search, warnings)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
RETURNING id

-- name: insert_item_key
-- The item's answer key.
INSERT INTO item_key (item_id, key) VALUES ($1, $2)

-- name: insert_item_asset
-- The item shows the picture.
INSERT INTO item_asset (item_id, sha256) VALUES ($1, $2)

-- name: select_items
-- A page of a bank's items; $2 is sought without diacritics, $3 with.
SELECT item.id, source.name AS source, item.number, item.part, item.kind, item.level,
    left(item.plain, 200) AS text, item_key.item_id IS NOT NULL AS has_key, item.warnings
FROM item
JOIN source ON source.id = item.source_id
LEFT JOIN item_key ON item_key.item_id = item.id
WHERE source.bank_id = $1
    AND strpos(item.search, $2) > 0
    AND strpos(lower(item.plain COLLATE pg_c_utf8), $3) > 0
ORDER BY source.id DESC, item.position
LIMIT $4 OFFSET $5

-- name: select_item_count
-- How many items the same search finds.
SELECT count(*)
FROM item JOIN source ON source.id = item.source_id
WHERE source.bank_id = $1
    AND strpos(item.search, $2) > 0
    AND strpos(lower(item.plain COLLATE pg_c_utf8), $3) > 0

-- name: select_optional_item
-- An item with everything, its key too.
SELECT item.id, bank.name AS bank, source.name AS source, item.number, item.part, item.level, item.content,
    item_key.key, item.solution, passage.body AS passage, item.warnings
FROM item
JOIN source ON source.id = item.source_id
JOIN bank ON bank.id = source.bank_id
LEFT JOIN passage ON passage.id = item.passage_id
LEFT JOIN item_key ON item_key.item_id = item.id
WHERE item.id = $1

-- name: select_source_items
-- A source's items in their order, with keys.
SELECT item.id, item.number, item.part, item.content, item_key.key
FROM item LEFT JOIN item_key ON item_key.item_id = item.id
WHERE item.source_id = $1
ORDER BY item.position

-- name: select_optional_asset
-- A picture.
SELECT sha256, media_type, data FROM asset WHERE sha256 = $1
