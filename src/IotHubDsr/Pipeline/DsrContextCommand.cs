using System.Management.Automation;
using IotHubDsr.Isolation;

namespace IotHubDsr.Pipeline;

/// <summary>A command that works on a connection.</summary>
public abstract class DsrContextCommand : DsrCommand
{
    /// <summary>The connection; by default the one that Connect-IotHubDsr made last in this runspace.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ContextTransformation]
    [ValidateNotNull]
    public DsrContext? Context { get; set; }

    /// <summary>The connection to use; a terminating error when there is none.</summary>
    private protected DsrContext RequireContext()
    {
        DsrContext? context = Context ?? DefaultContexts.Current;
        if (context is null)
            ThrowFault(FaultCatalogue.NotConnected.For(MyInvocation.MyCommand.Name, string.Empty));
        return context!;
    }
}
