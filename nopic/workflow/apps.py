"""The workflow application: registers its system checks and looks at the role of every process's first connection."""

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    """How things change."""

    name = "nopic.workflow"

    def ready(self) -> None:
        """Register the checks."""
        from django.db.backends.signals import connection_created

        from nopic.workflow import checks

        connection_created.connect(checks.look_at_first_connection, dispatch_uid="nopic.workflow.role")
