from django.apps import AppConfig
from django.utils.module_loading import import_string


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "用户与任职"

    def ready(self) -> None:
        # By name: models cannot be imported before the apps are there.
        import_string("accounts.second_factor.roles_are_known")()
