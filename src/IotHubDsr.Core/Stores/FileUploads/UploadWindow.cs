namespace IotHubDsr.Stores.FileUploads;

/// <summary>
/// The window of time that a request is narrowed to. A file is in it when what lies between its first and its last writing overlaps it: what
/// it holds was recorded at some time until then.
/// </summary>
internal sealed class UploadWindow(RecordScope scope)
{
    /// <summary>Whether any file is in it.</summary>
    public bool IsOpen => scope.StartTime is null && scope.EndTime is null;

    public bool Includes(DateTimeOffset createdOn, DateTimeOffset lastModified) => !(lastModified < scope.StartTime) && !(createdOn >= scope.EndTime);
}
