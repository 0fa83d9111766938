using System.Management.Automation;
using IotHubDsr.Isolation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Returns the connection that the commands of this runspace use by default, or nothing.</summary>
[Cmdlet(VerbsCommon.Get, "IotHubDsrContext")]
[OutputType(typeof(DsrContext))]
public sealed class GetIotHubDsrContextCommand : DsrCommand
{
    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        if (DefaultContexts.Current is { } context)
            WriteObject(context);
    }
}
