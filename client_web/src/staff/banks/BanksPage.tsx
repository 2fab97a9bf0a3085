import { useState } from "preact/hooks";
import { Button } from "../../base/Button";
import { Dialog } from "../../base/Dialog";
import { TextField } from "../../base/Field";
import { createBank, listBanks } from "../api";
import { DataTable } from "../DataTable";
import { Empty, Heading } from "../Heading";
import { ActError, Loaded, useAct, useLoad } from "../Loading";
import { go, Link } from "../router";
import { counted, t } from "../texts";

/** All item banks. */
export function BanksPage({ mayCreate }: { mayCreate: boolean }) {
  const load = useLoad(listBanks, []);
  const [creating, setCreating] = useState(false);
  const create = (
    <Button kind="primary" icon="plus" onClick={() => setCreating(true)}>
      {t("bank_create")}
    </Button>
  );
  return (
    <>
      <Heading title={t("nav_banks")}>{mayCreate && create}</Heading>
      <Loaded load={load}>
        {({ banks }) =>
          banks.length === 0 ? (
            <Empty title={t("banks_empty")}>
              <p>{t("banks_empty_begin")}</p>
            </Empty>
          ) : (
            <DataTable
              caption={t("nav_banks")}
              columns={[
                { name: "name", label: t("column_bank") },
                { name: "items", label: t("column_items"), number: true },
              ]}
            >
              {banks.map((bank) => (
                <tr key={bank.id}>
                  <td>
                    <Link to={{ page: "bank", bank: bank.id }} class="row-link">
                      {bank.name}
                    </Link>
                  </td>
                  <td class="number">{counted("items", bank.items)}</td>
                </tr>
              ))}
            </DataTable>
          )
        }
      </Loaded>
      {creating && <NewBank onClose={() => setCreating(false)} />}
    </>
  );
}

function NewBank({ onClose }: { onClose: () => void }) {
  const act = useAct();
  const [name, setName] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void act.run(async () => {
      const bank = await createBank(name.trim());
      go({ page: "bank", bank: bank.id });
    });
  };
  return (
    <Dialog open title={t("bank_create")} onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <ActError act={act} />
        <TextField
          label={t("bank_name")}
          hint={t("bank_name_hint")}
          required
          maxLength={200}
          autoFocus
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <div class="form-acts">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button kind="primary" type="submit" disabled={act.busy || name.trim() === ""}>
            {t("bank_create")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
