"""What consumers and operators of the rotator see."""
