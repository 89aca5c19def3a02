"""What a face in another language needs: calls, tables as plain columns, objects as bytes."""

from .calls import (
    FrontEnd as FrontEnd,
)
from .calls import (
    active as active,
)
from .calls import (
    adapt as adapt,
)
from .calls import (
    annotate as annotate,
)
from .calls import (
    apply as apply,
)
from .calls import (
    call as call,
)
from .calls import (
    change as change,
)
from .calls import (
    columns as columns,
)
from .calls import (
    cross_validate as cross_validate,
)
from .calls import (
    det as det,
)
from .calls import (
    detection_metrics as detection_metrics,
)
from .calls import (
    evaluate as evaluate,
)
from .calls import (
    explain as explain,
)
from .calls import (
    explanation as explanation,
)
from .calls import (
    export as export,
)
from .calls import (
    feed as feed,
)
from .calls import (
    find as find,
)
from .calls import (
    finish as finish,
)
from .calls import (
    gate as gate,
)
from .calls import (
    gate_feed as gate_feed,
)
from .calls import (
    gate_track as gate_track,
)
from .calls import (
    gated as gated,
)
from .calls import (
    live as live,
)
from .calls import (
    plain as plain,
)
from .calls import (
    prepare as prepare,
)
from .calls import (
    situation as situation,
)
from .calls import (
    step as step,
)
from .calls import (
    table as table,
)
