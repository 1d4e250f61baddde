"""退出回退 (domain §5): a filed exit is undone only by a new, reasoned 回退 that the district approves.

The plan has no such procedure; two stages are the least that keeps four eyes: the town or the district puts
the case with its grounds, the district approves, by somebody who did not enter it.
"""

import datetime

from accounts.roles import Role
from areas.models import Level
from audits.procedures.stage import Act, ListKind, Paper, Procedure, Stage

VERSION_1 = Procedure(
    kind=ListKind.REVERSAL,
    version=1,
    since=datetime.date(2016, 1, 1),
    unit=Level.VILLAGE,
    stages=(
        Stage(
            "proposal",
            "提出回退",
            (Role.TOWN, Role.DISTRICT),
            adds=(Role.TOWN, Role.DISTRICT),
            papers=(Paper.REVERSAL_GROUNDS,),
            reason=True,
        ),
        Stage("approval", "区批准", (Role.DISTRICT,), decision=True, act=Act.REVERSE),
    ),
)
VERSIONS = (VERSION_1,)
