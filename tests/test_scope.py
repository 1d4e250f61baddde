"""Every model is scoped, or on the short list of those that hold nothing of an area."""

from django.apps import apps

from areas.scope import ScopedQuerySet

OWN = {"areas", "office", "accounts", "villages", "households", "measures", "audits", "reporting"}
# Nothing of an area, or reached only through a scoped parent that the view fetched.
UNSCOPED: dict[str, str] = {
    "areas.AreaName": "former names of an area, read through it",
    "office.Attachment": "given out by the app of the record it is bound to, which is scoped",
    "office.Job": "seen by its owner alone",
    "office.Export": "seen by its owner alone",
    "office.JobPart": "parts of a job under way, read by workers alone",
    "office.DuePeriod": "which periodic work was done",
    "office.TrailRow": "seen by the audit administrator alone",
    "office.TrailArchive": "seen by the audit administrator alone",
    "office.Pulse": "when the worker and the sealer last lived",
    "villages.Indicator": "the table of the plan, the same for everybody; its goals and values are scoped",
    "measures.Policy": "the catalogue, public and the same for everybody",
    "households.NumberSeries": "the last number given",
    "households.PovertyLine": "published lines, the same for everybody",
    "households.Cpi": "published price indexes, the same for everybody",
    "accounts.SecondFactor": "the user's own, reset through the user by the security administrator",
    "accounts.RecoveryCode": "read through the factor",
    "accounts.User": "managed by the security administrator alone",
}


def test_every_model_is_scoped_or_listed():
    missing = []
    for model in apps.get_models():
        label = f"{model._meta.app_label}.{model.__name__}"
        if model._meta.app_label not in OWN or model.__name__.startswith("Historical") or label in UNSCOPED:
            continue
        manager = model._default_manager
        if not isinstance(manager.get_queryset(), ScopedQuerySet):
            missing.append(label)
    assert not missing


def test_the_short_list_names_models_that_exist():
    labels = {f"{model._meta.app_label}.{model.__name__}" for model in apps.get_models()}
    assert set(UNSCOPED) <= labels
