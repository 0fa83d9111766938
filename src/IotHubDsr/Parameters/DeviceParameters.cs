using System.Management.Automation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Parameters;

/// <summary>The devices that a command is about, and the connection to their hub.</summary>
internal sealed class DeviceParameters
{
    /// <summary>Devices by their IDs, case-sensitive; objects with a property DeviceId or Id bind from the pipeline.</summary>
    [Parameter(
        Mandatory = true,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true,
        ParameterSetName = ParameterSets.ByDeviceId
    )]
    [Alias("Id")]
    [DeviceIdTransformation]
    [ValidateNotNullOrEmpty]
    public HubDevice[] DeviceId { get; set; } = [];

    /// <summary>The condition of an IoT Hub query, such as: tags.owner = 'x'.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.ByQuery)]
    [ValidateNotNullOrEmpty]
    public string? Query { get; set; }

    [Composed]
    public ThrottleParameters Throttle { get; } = new();

    [Composed]
    public ContextParameters Connection { get; } = new();
}
