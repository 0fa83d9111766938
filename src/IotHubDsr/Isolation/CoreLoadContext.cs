using System.Reflection;
using System.Runtime.Loader;

namespace IotHubDsr.Isolation;

/// <summary>
/// Loads Core and every package it uses apart from everything else in the process: Az modules bring their own Azure.Core, Azure.Identity
/// and MSAL, and ours must never meet them. Only Contracts is shared.
/// </summary>
internal sealed class CoreLoadContext : AssemblyLoadContext
{
    private static readonly Lazy<IDsrEngine> SharedEngine = new(CreateEngine);
    private readonly AssemblyDependencyResolver _resolver;

    private CoreLoadContext(string corePath)
        : base("IotHubDsr.Core") => _resolver = new AssemblyDependencyResolver(corePath);

    /// <summary>
    /// The engine of this process; made when it is first asked for, so that importing the module loads nothing of Azure's.
    /// </summary>
    public static IDsrEngine Engine => SharedEngine.Value;

    /// <summary>The folder of the module's assemblies.</summary>
    public static string ModuleBin => Path.GetDirectoryName(typeof(CoreLoadContext).Assembly.Location)!;

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        Assembly contracts = typeof(IDsrEngine).Assembly;
        if (string.Equals(assemblyName.Name, contracts.GetName().Name, StringComparison.Ordinal))
            return contracts;
        return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    private static IDsrEngine CreateEngine()
    {
        string corePath = Path.Combine(ModuleBin, "core", "IotHubDsr.Core.dll");
        Assembly core = new CoreLoadContext(corePath).LoadFromAssemblyPath(corePath);
        return (IDsrEngine)Activator.CreateInstance(core.GetType("IotHubDsr.Core.DsrEngine", throwOnError: true)!)!;
    }
}
