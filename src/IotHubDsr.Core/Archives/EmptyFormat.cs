namespace IotHubDsr.Core.Archives;

/// <summary>The file of no bytes that IoT Hub writes when a batch had no messages.</summary>
internal sealed class EmptyFormat : ArchiveFormat
{
    public override string Name => "Empty";

    protected override Task WalkAsync(ArchiveSource source, RecordPass pass, CancellationToken cancellationToken) => Task.CompletedTask;
}
