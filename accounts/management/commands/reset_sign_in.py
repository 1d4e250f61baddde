"""`manage.py reset_sign_in USERNAME [--yes]`: for whom nobody can let in from the pages, the only security administrator.

A new initial password, printed once; the second factor is taken away and the account unlocked; every session ends.
Exit code 0 done, 1 refused (reason on stderr), 2 usage.
"""

from typing import Any

from axes.utils import reset as unlock
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import SecondFactor, User
from accounts.views.users import initial_password
from office import trail


class Command(BaseCommand):
    help = "在服务器上重置一个人的登录：新的初始密码，取消两步验证，解除锁定，结束其全部登录；记入操作日志"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", metavar="USERNAME", help="用户名")
        parser.add_argument("--yes", action="store_true", help="不再问")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"没有用户 {options['username']}", returncode=1)
        if not user.is_active:
            raise CommandError(f"{user}已停用，由安全管理员在“用户”页启用", returncode=1)
        if not options["yes"] and not self._agreed(user):
            raise CommandError("没有重置：要写 yes 才办，或者加 --yes", returncode=1)
        first = initial_password()
        with transaction.atomic():
            factors, _ = SecondFactor.objects.filter(user=user).delete()
            user.change_password(first, must_change=True)
            unlock(username=user.username)
            detail = {"途径": "服务器上的命令", "取消两步验证": "是" if factors else "没有设置"}
            trail.record("重置登录", subject=user, detail=detail)
        trail.seal()
        self.stdout.write(f"{user}的初始密码：{first}\n登录后要改密码；需要两步验证的，登录时重新设置。")

    def _agreed(self, user: User) -> bool:
        """Asked at a terminal alone: what a script pipes in is no consent, it writes --yes."""
        self.stdout.write(f"将重置{user}（{user.username}）的密码和两步验证，并结束其全部登录。")
        try:
            return input("确定吗？写 yes 继续: ").strip() == "yes"
        except EOFError:
            return False
