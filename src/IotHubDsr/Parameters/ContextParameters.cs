using System.Management.Automation;
using IotHubDsr.Isolation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Parameters;

/// <summary>The connection that a command works on.</summary>
internal sealed class ContextParameters
{
    /// <summary>The connection; by default the one that Connect-IotHubDsr made last in this runspace.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ContextTransformation]
    [ValidateNotNull]
    public DsrContext? Context { get; set; }

    /// <summary>The connection to use, if there is one.</summary>
    public DsrContext? OrDefault => Context ?? DefaultContexts.Current;

    /// <summary>The connection to use; a terminating error when there is none.</summary>
    public DsrContext Require(DsrCommand command)
    {
        DsrContext? context = OrDefault;
        if (context is null)
            command.Throw(FaultCatalogue.NotConnected.For(command.MyInvocation.MyCommand.Name, string.Empty));
        return context!;
    }
}
