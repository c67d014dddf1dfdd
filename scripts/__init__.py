"""What builds and describes the project: environments, reference pages, the layout of the library."""
