using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Tests.Architecture;

/// <summary>The types of Core, their folders, and who depends on whom, as ArchUnitNET reads them from the assembly.</summary>
internal static class CoreModel
{
    public const string Root = "IotHubDsr.Core";

    private static readonly ArchUnitNET.Domain.Architecture Model = new ArchLoader().LoadAssemblies(typeof(DsrEngine).Assembly).Build();

    /// <summary>The dependencies between types of different folders; folders are written as <c>Sinks/Registry</c>.</summary>
    public static IReadOnlyList<Dependency> Dependencies { get; } =
    [
        .. from type in Model.Types
        let folder = FolderOf(type)
        where folder is not null
        from dependency in type.Dependencies
        let target = FolderOf(dependency.Target)
        where target is not null && target != folder
        select new Dependency(folder, target, $"{type.Name} -> {dependency.Target.Name}"),
    ];

    /// <summary>The folders of kinds of place.</summary>
    public static IReadOnlyList<string> KindFolders { get; } =
    [
        .. typeof(DsrEngine)
            .Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(ISinkKind)))
            .Select(type => FolderOf(type.Namespace!)!),
    ];

    /// <summary>The folder of a namespace; null outside of Core. What lies in no folder has an empty name.</summary>
    public static string? FolderOf(string @namespace) =>
        @namespace == Root ? string.Empty
        : @namespace.StartsWith($"{Root}.", StringComparison.Ordinal) ? @namespace[(Root.Length + 1)..].Replace('.', '/')
        : null;

    private static string? FolderOf(IType type) => type.Namespace is { } its ? FolderOf(its.FullName) : null;
}

/// <summary>A type of one folder that knows a type of another.</summary>
/// <param name="From">The folder of the one that knows.</param>
/// <param name="To">The folder of the one that is known.</param>
/// <param name="Types">Both types.</param>
internal sealed record Dependency(string From, string To, string Types)
{
    public override string ToString() => $"{From} -> {To}: {Types}";
}
