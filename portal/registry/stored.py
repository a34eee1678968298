"""Reads the stored matches of a cluster, where they are up to date."""

from __future__ import annotations

from portal.db import db
from portal.registry.asking import indexed
from portal.registry.changes import list_query
from portal.registry.models import ClusterHelp, ClusterMatch, Entity
from portal.registry.ranking import Listed, Ranking


def stored_ranking(cluster: Entity) -> Ranking | None:
    """The first units of a cluster and where its help is, as stored; None where that must be reckoned: the cluster has just
    changed, or a unit has, and nobody has brought the stored matches up to it yet. For
    whoever has `followed` the units already."""
    keeper = indexed()
    found = db.session.get(ClusterHelp, cluster.id) if keeper.stored_stand else None
    if found is None or found.frame_id != keeper.state.id:
        return None
    rows = db.session.execute(list_query().where(ClusterMatch.cluster_id == cluster.id))
    return Ranking(
        first=tuple(Listed(slug, score, fit) for _, slug, score, fit in rows),
        total=found.total,
        best=found.best,
        helping=found.fits,
        in_province=found.in_province,
        in_group=found.in_group,
        in_region=found.in_region,
        nearest=found.nearest_slug,
        nearest_km=found.nearest_km,
    )
