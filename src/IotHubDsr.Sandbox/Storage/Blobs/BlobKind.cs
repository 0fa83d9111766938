namespace IotHubDsr.Sandbox.Storage.Blobs;

/// <summary>The blob types the sandbox has; page blobs, which hold disks, are not among them.</summary>
internal enum BlobKind
{
    Block,
    Append,
}
