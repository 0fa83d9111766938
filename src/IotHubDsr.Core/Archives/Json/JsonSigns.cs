namespace IotHubDsr.Core.Archives.Json;

/// <summary>What the members of a record tell of its kind.</summary>
internal struct JsonSigns
{
    private bool _hasTime;

    /// <summary>A message that the hub routed.</summary>
    public bool IsRouted { get; set; }

    /// <summary>A message that Stream Analytics passed on.</summary>
    public bool IsPassedOn { get; set; }

    /// <summary>An event of a service that has no devices.</summary>
    public bool IsOfAnotherService { get; set; }

    /// <summary>Whether it names a resource of Azure. A resource ID that is none is some other writer's.</summary>
    public bool HasResource { get; set; }

    /// <summary>Whether it names a resource of a provider, and that is no hub, or no part of one.</summary>
    public bool HasOtherResource { get; set; }

    /// <summary>Whether it names a provisioning service as its resource.</summary>
    public bool IsOfProvisioning { get; set; }

    /// <summary>Whether it has members that a routed message does not have.</summary>
    public bool HasOtherFields { get; private set; }

    /// <summary>
    /// A row of Azure Monitor's logs: many are about no device. Each names its resource; records that only look like one can be anyone's.
    /// </summary>
    public readonly bool IsLogRow => _hasTime && HasResource;

    public void Note(JsonField field)
    {
        HasOtherFields = true;
        _hasTime |= field is JsonField.Time;
    }
}
