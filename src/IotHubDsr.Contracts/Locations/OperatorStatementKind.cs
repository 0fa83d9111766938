namespace IotHubDsr;

/// <summary>What an <see cref="OperatorStatement"/> says.</summary>
public enum OperatorStatementKind
{
    /// <summary>The container, or another place that routes lead to, belongs to the connected hub alone: no other hub writes to it.</summary>
    DedicatedContainer = 0,

    /// <summary>The blobs that the statement names hold no messages of devices and are not read.</summary>
    ExcludedBlobs = 1,

    /// <summary>The connected hub wrote the blobs that the statement names, although their names do not show it.</summary>
    OwnBlobs = 2,
}
