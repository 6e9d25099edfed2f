"""Pages of the VIPs: who they are and why, the policies, and the editor with its preview."""
