namespace IotHubDsr.Archives.Json;

/// <summary>What the members of a record tell of its kind.</summary>
internal struct JsonSigns
{
    // A row names its resource, or both its category and its operation, or one of them beside its properties.
    private const int OperationFields = 2;

    private bool _hasTime;
    private bool _hasOperation;
    private int _operationFields;

    /// <summary>A message that the hub routed.</summary>
    public bool IsRouted { get; set; }

    /// <summary>A message that Stream Analytics passed on.</summary>
    public bool IsPassedOn { get; set; }

    /// <summary>An event of a service that has no devices.</summary>
    public bool IsOfAnotherService { get; set; }

    /// <summary>Whether it names a resource of Azure. A resource ID that is none is some other writer's.</summary>
    public bool HasResource { get; set; }

    /// <summary>Whether it has members that a routed message does not have.</summary>
    public bool HasOtherFields { get; private set; }

    /// <summary>A row of Azure Monitor's logs: many are about no device.</summary>
    public readonly bool IsLogRow => _hasTime && (HasResource || (_hasOperation && _operationFields >= OperationFields));

    public void Note(JsonField field)
    {
        HasOtherFields = true;
        _hasTime |= field is JsonField.Time;
        _operationFields += field is JsonField.LogOperation or JsonField.LogProperties or JsonField.LogColumns ? 1 : 0;
        _hasOperation |= field is JsonField.LogOperation;
    }
}
