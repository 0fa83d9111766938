using IotHubDsr.Sandbox.Storage;

namespace IotHubDsr.Sandbox.World;

/// <summary>Files that devices have uploaded, in folders named after them.</summary>
internal static class UploadSeed
{
    private static readonly string[] Names =
    [
        "dev1/photo.jpg",
        "dev1/logs/2026/boot.txt",
        "Dev1/photo.jpg",
        "dev10/photo.jpg",
        "it's/photo.jpg",
        "100%/photo.jpg",
        "50%25/photo.jpg",
        @"markup/..\..\escape.txt",
        "th-001/photo.jpg",
    ];

    public static IReadOnlyList<string> Fill(BlobStore blobs, Random random, DateTimeOffset baseTime)
    {
        BlobContainer container = blobs.GetOrAddAccount(WorldNames.UploadAccount).GetOrAddContainer(WorldNames.UploadContainer);
        foreach (string name in Names)
        {
            byte[] content = new byte[random.Next(500, 4000)];
            random.NextBytes(content);
            DateTimeOffset uploaded = baseTime.AddHours(-random.Next(3, 40));
            container.Put(name, content, new BlobSeed { ContentType = "image/jpeg", LastModified = uploaded });
        }

        return Names;
    }
}
