using System.Management.Automation;

namespace IotHubDsr.Pipeline;

/// <summary>A command about records of devices that registers a data subject request where none is named.</summary>
public abstract class RegisteringCommand : ScopedDeviceCommand
{
    /// <summary>When the request reached the controller; by default now.</summary>
    [Parameter]
    [DateTransformation]
    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>How the person was identified, in words.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? IdentityEvidence { get; set; }

    /// <summary>Folder or blob container (https URI) of the requests; that of a piped request, or else that of the connection.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? RequestStore { get; set; }

    /// <summary>The store that was named, with the full path of a folder.</summary>
    private protected string? Store => StorePath(RequestStore);

    /// <summary>The time of receipt, if it was given.</summary>
    private protected DateTimeOffset? Received => IfBound(nameof(ReceivedAt), ReceivedAt);
}
