using System.Management.Automation;
using IotHubDsr.Completion;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Parameters;

/// <summary>The request that a command is about.</summary>
internal sealed class RequestParameters
{
    /// <summary>ID of the request.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [RequestIdTransformation]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RequestIdCompleter))]
    public string RequestId { get; set; } = string.Empty;
}
