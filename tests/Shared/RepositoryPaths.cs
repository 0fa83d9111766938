using System.Reflection;

namespace IotHubDsr.Tests;

/// <summary>Where the things under test are.</summary>
internal static class RepositoryPaths
{
    public static string Root { get; } = FindRoot();

    /// <summary>The manifest over the staged assemblies: what a user imports.</summary>
    public static string Manifest { get; } = Path.Combine(Root, "IotHubDsr.psd1");

    public static string ModuleBin { get; } = Path.Combine(Root, "module", "bin");

    public static string Configuration { get; } =
        typeof(RepositoryPaths).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>A folder or script of the tests with clients and readers of other making.</summary>
    public static string Conformance(string name) => Path.Combine(Root, "tests", "conformance", name);

    private static string FindRoot()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "IotHubDsr.sln")))
            root = root.Parent;
        return root?.FullName ?? throw new InvalidOperationException("The tests do not run in a clone of the repository.");
    }
}
