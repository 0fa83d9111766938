using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace IotHubDsr.Isolation;

/// <summary>The connection that a runspace's commands use when they are given none.</summary>
internal static class DefaultContexts
{
    private static readonly ConditionalWeakTable<Runspace, DsrContext> Contexts = [];

    /// <summary>The default of the runspace that runs the caller.</summary>
    public static DsrContext? Current
    {
        get => Contexts.TryGetValue(Runspace.DefaultRunspace, out DsrContext? context) ? context : null;
        set
        {
            if (value is null)
                Contexts.Remove(Runspace.DefaultRunspace);
            else
                Contexts.AddOrUpdate(Runspace.DefaultRunspace, value);
        }
    }
}
