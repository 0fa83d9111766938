using System.IO.Enumeration;

namespace IotHubDsr.Sandbox.Identity;

/// <summary>A role definition in the form of Azure's own files: the file of a custom role can be posted as it stands.</summary>
internal sealed record RoleDefinition
{
    public string Name { get; init; } = "";

    public string? Id { get; init; }

    public string? Description { get; init; }

    public bool IsCustom { get; init; }

    public IReadOnlyList<string> Actions { get; init; } = [];

    public IReadOnlyList<string> NotActions { get; init; } = [];

    public IReadOnlyList<string> DataActions { get; init; } = [];

    public IReadOnlyList<string> NotDataActions { get; init; } = [];

    public IReadOnlyList<string> AssignableScopes { get; init; } = [];

    public bool Allows(AzureAction action) =>
        action.IsData
            ? Matches(DataActions, action.Name) && !Matches(NotDataActions, action.Name)
            : Matches(Actions, action.Name) && !Matches(NotActions, action.Name);

    private static bool Matches(IReadOnlyList<string> patterns, string name) =>
        patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true));
}

/// <summary>An operation as Azure's access control names it.</summary>
/// <param name="Name">Provider, type and verb: <c>Microsoft.Devices/IotHubs/read</c>.</param>
/// <param name="IsData">Whether it is granted by DataActions instead of Actions.</param>
internal sealed record AzureAction(string Name, bool IsData);

/// <summary>A role that the application has at a scope and below.</summary>
internal sealed record RoleAssignment(string Scope, RoleDefinition Role)
{
    public bool Allows(AzureAction action, string resource) => IsWithin(resource, Scope.TrimEnd('/')) && Role.Allows(action);

    public static bool IsWithin(string path, string scope) =>
        path.StartsWith(scope, StringComparison.OrdinalIgnoreCase) && (path.Length == scope.Length || path[scope.Length] == '/');
}
