namespace IotHubDsr.Sandbox.Identity;

/// <summary>
/// The rights of the application: everything, until roles are assigned to it or rights are taken from it. A denial is
/// <c>arm:{resource ID or the start of one}</c>, <c>blob:{account}</c>, <c>blob:{account}/{container}</c>, the same
/// of <c>queue:</c> with queues and of <c>messaging:</c> with namespaces and entities, <c>cosmos:{account}/{database}/{container}</c> or a
/// beginning of it, <c>provisioning:{service}</c>, <c>logs:{workspace}/{table}</c> or a beginning of it,
/// <c>explorer:{cluster}/{database}</c>, or <c>hub:</c> with RegistryRead,
/// RegistryWrite or ServiceConnect.
/// </summary>
internal sealed class AccessRules
{
    private volatile IReadOnlyList<string> _denied = [];
    private volatile IReadOnlyList<RoleAssignment>? _assignments;

    public IReadOnlyList<string> Denied
    {
        get => _denied;
        set => _denied = value;
    }

    /// <summary>The roles of the application; null when it may do everything.</summary>
    public IReadOnlyList<RoleAssignment>? Assignments
    {
        get => _assignments;
        set => _assignments = value;
    }

    public bool DeniesArm(string resourcePath) =>
        _denied.Any(rule => Path(rule, "arm:") is { } path && RoleAssignment.IsWithin(resourcePath.TrimEnd('/'), path.TrimEnd('/')));

    public bool DeniesBlob(string account, string container) =>
        _denied.Any(rule =>
            Path(rule, "blob:") is { } path && RoleAssignment.IsWithin($"{account}/{container}".TrimEnd('/'), path.TrimEnd('/'))
        );

    public bool DeniesMessaging(string name, string entity) =>
        _denied.Any(rule =>
            Path(rule, "messaging:") is { } path && RoleAssignment.IsWithin($"{name}/{entity}".TrimEnd('/'), path.TrimEnd('/'))
        );

    public bool DeniesQueue(string account, string queue) => Denies("queue:", $"{account}/{queue}");

    public bool DeniesCosmos(string path) => Denies("cosmos:", path);

    public bool DeniesProvisioning(string service) => Denies("provisioning:", service);

    public bool DeniesLogs(string path) => Denies("logs:", path);

    public bool DeniesExplorer(string path) => Denies("explorer:", path);

    public bool DeniesHub(string right) =>
        _denied.Any(rule => Path(rule, "hub:") is { } path && path.Equals(right, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a role allows the action at the resource.</summary>
    public bool Grants(AzureAction action, string resource) =>
        _assignments is not { } roles || roles.Any(role => role.Allows(action, resource));

    /// <summary>Whether the application has any role at the resource or below it: nobody else sees a subscription.</summary>
    public bool HasRoleWithin(string resource) =>
        _assignments is not { } roles
        || roles.Any(role => RoleAssignment.IsWithin(role.Scope, resource) || RoleAssignment.IsWithin(resource, role.Scope));

    private bool Denies(string scheme, string path) =>
        _denied.Any(rule => Path(rule, scheme) is { } denied && RoleAssignment.IsWithin(path.TrimEnd('/'), denied.TrimEnd('/')));

    private static string? Path(string rule, string scheme) =>
        rule.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? rule[scheme.Length..] : null;
}
