using System.Management.Automation;
using IotHubDsr.Parameters;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Continues requests that did not end, or closes what was pending.</summary>
[Cmdlet(VerbsLifecycle.Resume, "IotDataRequest", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(ErasureReceipt))]
public sealed partial class ResumeIotDataRequestCommand : DsrCommand
{
    [Composed]
    private readonly ForceParameters _prompt = new();

    [Composed]
    private readonly RequestRunParameters _run = new();
    private RequestFeed _feed = null!;

    private protected override bool IsForced => Force;

    /// <inheritdoc />
    protected override void BeginProcessing() => _feed = new RequestFeed(this, _run) { Asks = true };

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        foreach (ResumeOptions options in _feed.Take())
            RunOne(cancellationToken => Engine.ResumeAsync(options, cancellationToken));
    }
}
