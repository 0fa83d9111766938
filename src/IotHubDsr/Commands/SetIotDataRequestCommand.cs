using System.Management.Automation;
using IotHubDsr.Parameters;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>
/// Records a decision in a request's journal: an extension, a hold, its end, an owner's action, the answer, or the end of the request's
/// key.
/// </summary>
[Cmdlet(VerbsCommon.Set, "IotDataRequest", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(DataRequest))]
public sealed partial class SetIotDataRequestCommand : DsrCommand
{
    [Composed]
    private readonly DecisionParameters _decision = new();

    private protected override bool IsForced => Force || !IsAskedFor();

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        ChangeOptions change = _decision.ToOptions(ParameterSetName) with
        {
            Context = _decision.Requests.Connection.OrDefault,
            Store = Paths.OfStore(RequestStore),
        };
        RunOne(cancellationToken => Engine.ChangeRequestAsync(change, cancellationToken));
    }

    /// <summary>
    /// Only the end of the key is of high impact; the other decisions can be followed by others, and are asked for as of medium impact.
    /// </summary>
    private bool IsAskedFor() =>
        ParameterSetName == DecisionParameters.ToDestroyKey
        || (
            LanguagePrimitives.TryConvertTo(SessionState.PSVariable.GetValue("ConfirmPreference"), out ConfirmImpact preference)
            && preference is ConfirmImpact.Low or ConfirmImpact.Medium
        );
}
