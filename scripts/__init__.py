"""What builds and describes the project: environments, locked versions, reference pages."""
