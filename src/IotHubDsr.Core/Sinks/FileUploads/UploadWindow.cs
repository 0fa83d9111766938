using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.FileUploads;

/// <summary>
/// The window of time that a request is narrowed to. A file is in it when what lies between its first and its last writing overlaps it:
/// what it holds was recorded at some time until then.
/// </summary>
/// <param name="scope">The window.</param>
/// <param name="bound">By when the files of the device that the plan knew were written; null for no limit.</param>
internal sealed class UploadWindow(RecordScope scope, RecordBound? bound = null)
{
    public static UploadWindow Of(SinkCall call, string deviceId) =>
        new(call.Options.Erasure.Scope, call.Bounds.GetValueOrDefault(deviceId));

    /// <summary>Whether any file is in it.</summary>
    public bool IsOpen => scope.StartTime is null && scope.EndTime is null;

    public bool Includes(DateTimeOffset createdOn, DateTimeOffset lastModified) =>
        !(lastModified < scope.StartTime) && !(createdOn >= scope.EndTime) && bound?.Excludes(lastModified) != true;
}
