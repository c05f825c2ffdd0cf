"""The least policies of who deploys: what CloudFormation calls, and the documents that allow it."""
