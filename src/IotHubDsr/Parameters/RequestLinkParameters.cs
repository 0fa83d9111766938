using System.Management.Automation;
using IotHubDsr.Completion;

namespace IotHubDsr.Parameters;

/// <summary>The registered request that work on devices belongs to.</summary>
internal sealed class RequestLinkParameters
{
    /// <summary>ID of the request; by default there is none, or one is registered.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RequestIdCompleter))]
    public string? RequestId { get; set; }
}
