using System.Management.Automation;
using IotHubDsr.Isolation;
using IotHubDsr.Parameters;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Closes a connection and discards its credentials.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "IotHubDsr")]
[OutputType(typeof(void))]
public sealed partial class DisconnectIotHubDsrCommand : DsrCommand
{
    [Composed]
    private readonly ContextParameters _connection = new();

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        DsrContext context = _connection.Require(this);
        Engine.Disconnect(context);
        if (DefaultContexts.Current?.Id == context.Id)
            DefaultContexts.Current = null;
    }
}
