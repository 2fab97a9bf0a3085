"""Linking: the scale of one calibration on that of another, through the items that both have."""

from scoring.linking.chain import ChainedLink, Form, average, chain
from scoring.linking.covariances import calibration_covariance, diagonal_covariance
from scoring.linking.drift import Drift, Purified, drift, purified
from scoring.linking.errors import LinkErrors, link_errors
from scoring.linking.link import Link, Method, inverse, link

__all__ = [
    "ChainedLink",
    "Drift",
    "Form",
    "Link",
    "LinkErrors",
    "Method",
    "Purified",
    "average",
    "calibration_covariance",
    "chain",
    "diagonal_covariance",
    "drift",
    "inverse",
    "link",
    "link_errors",
    "purified",
]
