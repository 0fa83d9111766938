namespace IotHubDsr;

/// <summary>Streams that a notice can go to.</summary>
public enum NoticeLevel
{
    /// <summary>Requests, without payload.</summary>
    Debug = 0,

    /// <summary>One line per location and decision.</summary>
    Verbose = 1,

    /// <summary>Surprising, but the operation continues.</summary>
    Warning = 2,
}
