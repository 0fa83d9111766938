namespace IotHubDsr.Sandbox.Logs;

/// <summary>The workspaces of the world.</summary>
internal sealed class LogStore(params IReadOnlyList<LogWorkspace> workspaces)
{
    public IReadOnlyList<LogWorkspace> Workspaces => workspaces;

    public LogWorkspace? Find(string name) =>
        workspaces.FirstOrDefault(workspace => workspace.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public LogWorkspace? FindByCustomerId(string id) =>
        workspaces.FirstOrDefault(workspace => workspace.CustomerId.Equals(id, StringComparison.OrdinalIgnoreCase));

    public LogWorkspace? FindByResourceId(string id) =>
        workspaces.FirstOrDefault(workspace => workspace.ResourceId.Equals(id, StringComparison.OrdinalIgnoreCase));
}
