"""The demo's data, made by the real actions: who there is, what they sent, what was decided, and what came of it.

`seed` may be run again at any time: what was made is left alone, what a broken run left out is told then. Each told
story is remembered by an event of the audit log, so the database itself knows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from nopic.certificates.models import Certificate
from nopic.certificates.statuses import CertificateStatus
from nopic.demo.seed import registry
from nopic.demo.seed.afterwards import AFTERWARDS
from nopic.demo.seed.founding import BY, found, person
from nopic.demo.seed.parties import OFFICES, OPERATIONS
from nopic.demo.seed.reviewing import review
from nopic.demo.seed.stories import STORIES, Story
from nopic.demo.seed.waiting import everything_but_pictures, finish, wait
from nopic.demo.seed.walking import Scene, write
from nopic.requests.models import CertificateRequest
from nopic.tenants.actions import confirm_contact
from nopic.tenants.calendar import Office as Calendar
from nopic.tenants.context import tenant
from nopic.tenants.models import Certifier, Exporter, ImporterContact, Policy, User
from nopic.watch.actions import weigh_again
from nopic.workflow.audit import record
from nopic.workflow.models import AuditEvent

TOLD = "demo story told"
PROVISIONAL = "sesamo-chaco"  # its importer is left for staff to confirm
LEAST_SECONDS = 60.0  # for what a story itself waits for

Say = Callable[[str], None]


@dataclass
class Seed:
    """One run. `here`: do what is owed in this process, because no worker runs."""

    say: Say
    load: registry.Load = registry.load
    here: bool = False
    told: int = 0
    _certifiers: dict[str, Certifier] = field(default_factory=dict)

    def run(self) -> bool:
        """Make what is missing; False when everything was there."""
        missing = [story for story in STORIES if story.key not in self._known()]
        if not missing:
            return False
        self.load(registry.everybody())
        found()
        finish("party", seconds=LEAST_SECONDS)
        self._certifiers = {each.slug: each for each in Certifier.objects.all()}
        for story in missing:
            self._tell(story)
        return True

    def _known(self) -> set[str]:
        """The stories that were told."""
        known: set[str] = set()
        for certifier in Certifier.objects.filter(slug__in=[office.slug for office in OFFICES]):
            with tenant(certifier):
                known |= set(
                    AuditEvent.objects.filter(certifier_id=certifier.pk, actor=BY, verb=TOLD).values_list(
                        "note", flat=True
                    )
                )
        return known

    def _tell(self, story: Story) -> None:
        scene = self._scene(story)
        request = write(scene)
        self._confirm_importer(scene)
        if story.end == "attention":
            finish("party", seconds=LEAST_SECONDS)  # nobody asks about the importer any more until the issue does
            self.load(registry.suspension())
        if request.submitted_at is not None:
            review(scene, request)
        with tenant(scene.certifier):
            record(request, TOLD, by=BY, note=story.key)
        self.told += 1

    def _scene(self, story: Story) -> Scene:
        operation = next(each for each in OPERATIONS if each.key == story.exporter)
        office = next(each for each in OFFICES if each.slug == operation.office)
        certifier = self._certifiers[office.slug]
        with tenant(certifier):
            policy = Policy.objects.filter(certifier=certifier).latest("version")
            exporter = Exporter.objects.get(certifier=certifier, nop_id=operation.nop_id)
        number = [each.key for each in STORIES if each.exporter == story.exporter].index(story.key)
        return Scene(
            story=story,
            number=number,
            certifier=certifier,
            office=Calendar(policy.rules),
            exporter=exporter,
            sender=person(*operation.sender),
            reviewer=User.objects.get(email=office.reviewers[story.reviewer]),
            colleague=User.objects.get(email=office.reviewers[story.reviewer - 1]),
        )

    def _confirm_importer(self, scene: Scene) -> None:
        """Staff confirm an importer that an exporter named for the first time, all but one."""
        if scene.story.exporter == PROVISIONAL:
            return
        admin = _admin(scene)
        with tenant(scene.certifier, admin):
            for contact in ImporterContact.objects.filter(exporter=scene.exporter, confirmed_at=None):
                confirm_contact(contact=contact, by=admin)

    def go_on(self, *, seconds: float) -> None:
        """Tell what happens after the issue, once a certificate is handed over: cancelled, revised, shipped under."""
        self._certifiers = {each.slug: each for each in Certifier.objects.all()}
        for story in [each for each in STORIES if each.end in AFTERWARDS]:
            scene = self._scene(story)

            def settled(scene: Scene = scene) -> bool:
                return _is_settled(_certificate(scene))

            if not wait(settled, seconds=seconds, meanwhile=self._meanwhile):
                continue
            AFTERWARDS[story.end](scene, _certificate(scene))

    def wait(self, *, seconds: float) -> bool:
        """Whether every approved line is issued, rendered and handed over, or needs attention, within the time."""
        settled = wait(lambda: all(map(_is_settled, self.certificates())), seconds=seconds, meanwhile=self._meanwhile)
        for certifier in Certifier.objects.order_by("pk"):  # as each night, now that exporters have certificates
            with tenant(certifier):
                weigh_again(certifier.pk)
        return settled and finish("index_request", seconds=seconds)

    def certificates(self) -> list[Certificate]:
        """All certificates of both certifiers."""
        every: list[Certificate] = []
        for certifier in Certifier.objects.order_by("pk"):
            with tenant(certifier):
                every += Certificate.objects.filter(certifier=certifier).order_by("pk")
        return every

    @property
    def _meanwhile(self) -> Callable[[], None] | None:
        return everything_but_pictures if self.here else None


def _admin(scene: Scene) -> User:
    office = next(each for each in OFFICES if each.slug == scene.certifier.slug)
    return User.objects.get(email=office.admin[0])


def _certificate(scene: Scene) -> Certificate:
    with tenant(scene.certifier):
        request = CertificateRequest.objects.get(
            certifier=scene.certifier,
            pk=AuditEvent.objects.get(certifier_id=scene.certifier.pk, verb=TOLD, note=scene.story.key).subject_id,
        )
        return Certificate.objects.filter(certifier=scene.certifier, request=request).latest("pk")


def _is_settled(certificate: Certificate) -> bool:
    if certificate.attention:
        return True
    if certificate.cancel_requested_at:
        return certificate.status == CertificateStatus.CANCELLED
    return certificate.status == CertificateStatus.ISSUED and certificate.handed_over_at is not None
