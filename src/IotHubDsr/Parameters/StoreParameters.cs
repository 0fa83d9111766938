using System.Management.Automation;

namespace IotHubDsr.Parameters;

/// <summary>Where the requests are.</summary>
internal sealed class StoreParameters
{
    /// <summary>Folder or blob container (https URI) of the requests; that of a piped request, or else that of the connection.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? RequestStore { get; set; }
}
