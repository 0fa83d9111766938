using System.Management.Automation;
using IotHubDsr.Isolation;

namespace IotHubDsr.Pipeline;

/// <summary>A command about requests. A store in a folder takes no connection; one in a blob container does.</summary>
public abstract class RequestStoreCommand : DsrCommand
{
    /// <summary>The connection; by default the one that Connect-IotHubDsr made last in this runspace, if any.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ContextTransformation]
    [ValidateNotNull]
    public DsrContext? Context { get; set; }

    /// <summary>Folder or blob container (https URI) of the requests; that of a piped request, or else that of the connection.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? RequestStore { get; set; }

    /// <summary>The connection, if there is one.</summary>
    private protected DsrContext? ContextOrNone => Context ?? DefaultContexts.Current;

    /// <summary>The store that was named, with the full path of a folder.</summary>
    private protected string? Store => StorePath(RequestStore);
}
