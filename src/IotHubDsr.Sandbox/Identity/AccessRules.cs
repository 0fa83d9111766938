namespace IotHubDsr.Sandbox.Identity;

/// <summary>
/// The rights that were taken from the application. A rule is <c>arm:{resource ID or the start of one}</c>,
/// <c>blob:{account}</c>, <c>blob:{account}/{container}</c>, or <c>hub:</c> with RegistryRead, RegistryWrite or ServiceConnect.
/// </summary>
internal sealed class AccessRules
{
    private volatile IReadOnlyList<string> _denied = [];

    public IReadOnlyList<string> Denied
    {
        get => _denied;
        set => _denied = value;
    }

    public bool DeniesArm(string resourcePath) =>
        _denied.Any(rule => Path(rule, "arm:") is { } path && IsWithin(resourcePath.TrimEnd('/'), path.TrimEnd('/')));

    public bool DeniesBlob(string account, string container) =>
        _denied.Any(rule => Path(rule, "blob:") is { } path && IsWithin($"{account}/{container}".TrimEnd('/'), path.TrimEnd('/')));

    public bool DeniesHub(string right) =>
        _denied.Any(rule => Path(rule, "hub:") is { } path && path.Equals(right, StringComparison.OrdinalIgnoreCase));

    private static string? Path(string rule, string scheme) =>
        rule.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? rule[scheme.Length..] : null;

    private static bool IsWithin(string path, string scope) =>
        path.StartsWith(scope, StringComparison.OrdinalIgnoreCase) && (path.Length == scope.Length || path[scope.Length] == '/');
}
