using System.Management.Automation;
using IotHubDsr.Isolation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Closes a connection and discards its credentials.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "IotHubDsr")]
[OutputType(typeof(void))]
public sealed class DisconnectIotHubDsrCommand : DsrContextCommand
{
    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        DsrContext context = RequireContext();
        Engine.Disconnect(context);
        if (DefaultContexts.Current?.Id == context.Id)
            DefaultContexts.Current = null;
    }
}
