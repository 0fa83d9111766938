using System.Management.Automation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Parameters;

/// <summary>What is registered of a data subject request.</summary>
internal sealed class RegistrationParameters
{
    /// <summary>When the request reached the controller; by default now.</summary>
    [Parameter]
    [DateTransformation]
    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>How the person was identified, in words.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? IdentityEvidence { get; set; }

    [Composed]
    public StoreParameters Store { get; } = new();

    /// <summary>The time of receipt, if it was given.</summary>
    public DateTimeOffset? Received(DsrCommand command) => command.IfBound(nameof(ReceivedAt), ReceivedAt);
}
