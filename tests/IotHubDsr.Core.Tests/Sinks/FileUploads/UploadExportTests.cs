using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Storage;

namespace IotHubDsr.Core.Tests.Sinks.FileUploads;

public sealed class UploadExportTests
{
    [Fact]
    public async Task Export_FilesOfTwoDevices_CopiesBytesAndListsWhatTheyWere()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/logs/boot.txt", "Dev1/logs/boot.txt", "dev10/secret.txt");
        sandbox.Container.Put(
            "dev1/photo.JPG",
            new byte[300_000],
            new BlobSeed
            {
                ContentType = "image/jpeg",
                Metadata = new Dictionary<string, string> { ["camera"] = "<b>=cmd|x</b>" },
            }
        );

        (IReadOnlyList<ExportCompleteness> lines, MemoryTarget package) = await sandbox.ExportAsync("dev1", "Dev1", "dev2");

        Assert.Equal(
            [(2L, 2L, Verdict.Present), (1L, 1L, Verdict.Present), (0L, 0L, Verdict.Absent)],
            lines.Select(line => (line.Found, line.Included, line.Verdict))
        );
        Assert.Equal(5, package.Files.Count);
        Assert.Equal("content of dev1/logs/boot.txt", package.ContentOf("dev1/logs/boot.txt"));
        Assert.Equal("content of Dev1/logs/boot.txt", package.ContentOf("Dev1/logs/boot.txt"));
        JsonElement photo = Assert.Single(package.Records("files"), line => line.GetProperty("blob").GetString() == "dev1/photo.JPG");
        Assert.Equal("dev1", photo.GetProperty("deviceId").GetString());
        Assert.Equal(300_000, photo.GetProperty("bytes").GetInt64());
        Assert.Equal("image/jpeg", photo.GetProperty("contentType").GetString());
        Assert.Equal("<b>=cmd|x</b>", photo.GetProperty("metadata").GetProperty("camera").GetString());
        string file = photo.GetProperty("file").GetString()!;
        Assert.Equal(300_000, package.Files[file].Length);
        Assert.StartsWith("dev1_photo_jpg~", file, StringComparison.Ordinal);
        Assert.EndsWith(".jpg", file, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"dev1/..\..\..\escape.txt")]
    [InlineData("dev1/a?snapshot=2026-01-01T00:00:00.0000000Z")]
    [InlineData("dev1/a?b=c&comp=list#d")]
    [InlineData("dev1/dir/")]
    [InlineData("dev1//double")]
    [InlineData("dev1/100%25 %2F%2e%2e%2f")]
    [InlineData("dev1/\u00fcml\u00e4ut \u65e5\u672c \ud83d\ude00.txt")]
    [InlineData("dev1/tab\there.a\tb")]
    [InlineData("dev1/x.exe.a/b")]
    [InlineData("dev1/con")]
    [InlineData("dev1/<script>alert(1)</script>.html")]
    public async Task Export_HostileName_StaysInsideThePackageAndKeepsItsContent(string blob)
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put(blob, "dev1/a");

        (IReadOnlyList<ExportCompleteness> lines, MemoryTarget package) = await sandbox.ExportAsync("dev1");

        Assert.Equal(2, Assert.Single(lines).Included);
        Assert.Equal($"content of {blob}", package.ContentOf(blob));
        Assert.All(package.Files.Keys, name => Assert.Matches("^[a-z0-9_~-]+\\.[a-z0-9]+$", name));
    }

    [Fact]
    public async Task Export_OldCopies_AreInThePackageUnderNamesOfTheirOwn()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync(new BlobAccountOptions(VersioningEnabled: true));
        sandbox.Container.Put("dev1/a", Encoding.UTF8.GetBytes("old"));
        sandbox.Container.Put("dev1/a", Encoding.UTF8.GetBytes("new"));

        (IReadOnlyList<ExportCompleteness> lines, MemoryTarget package) = await sandbox.ExportAsync("dev1");

        Assert.Equal((2L, 2L), (Assert.Single(lines).Found, lines[0].Included));
        JsonElement old = Assert.Single(package.Records("files"), line => line.TryGetProperty("versionId", out _));
        Assert.Equal("old", Encoding.UTF8.GetString(package.Files[old.GetProperty("file").GetString()!]));
    }

    [Fact]
    public async Task Export_SoftDeletedFile_IsFoundAndUnreachable()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync(new BlobAccountOptions(SoftDeleteDays: 7));
        sandbox.Put("dev1/a", "dev1/b");
        sandbox.Container.Delete("dev1/b");

        (IReadOnlyList<ExportCompleteness> lines, _) = await sandbox.ExportAsync("dev1");

        ExportCompleteness line = Assert.Single(lines);
        Assert.Equal((2L, 1L, 1L), (line.Found, line.Included, line.Unreachable));
        Assert.Contains("soft-deleted", line.Ground, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_OneFileInTheArchiveTier_IsUnreachableAndTheOthersGoOn()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Container.Put("dev1/a", new byte[5], new BlobSeed { Tier = "Archive" });
        sandbox.Put("dev1/b", "dev2/c");

        (IReadOnlyList<ExportCompleteness> lines, MemoryTarget package) = await sandbox.ExportAsync("dev1", "dev2");

        Assert.Equal((Verdict.Unreachable, 2L, 1L, 1L), (lines[0].Verdict, lines[0].Found, lines[0].Included, lines[0].Unreachable));
        Assert.Equal((Verdict.Present, 1L), (lines[1].Verdict, lines[1].Included));
        Assert.Equal("BlobArchived", Assert.Single(sandbox.Reported).Id);
        Assert.Equal("content of dev1/b", package.ContentOf("dev1/b"));
    }

    [Fact]
    public async Task Export_ContentThatArrivesShort_IsNotCalledIncluded()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Container.Put("dev1/a", new byte[100_000]);
        sandbox.Put("dev1/b");
        sandbox.Faults.Add(
            new FaultRule
            {
                Service = "blob",
                Method = "GET",
                PathContains = "/dev1/a",
                TruncateAfterBytes = 1000,
                Times = 100,
            }
        );

        (IReadOnlyList<ExportCompleteness> lines, MemoryTarget package) = await sandbox.ExportAsync("dev1");

        Assert.Equal((Verdict.Unreachable, 1L, 1L), (lines[0].Verdict, lines[0].Included, lines[0].Unreachable));
        JsonElement broken = Assert.Single(package.Records("files"), line => line.TryGetProperty("brokenOff", out _));
        Assert.Equal("dev1/a", broken.GetProperty("blob").GetString());
    }

    [Fact]
    public async Task Export_ConnectionBreaksInTheMiddle_ResumesTheSameFile()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        byte[] content = [.. Enumerable.Range(0, 400_000).Select(number => (byte)(number * 31 >> 3))];
        sandbox.Container.Put("dev1/a", content);
        sandbox.Faults.Add(
            new FaultRule
            {
                Service = "blob",
                Method = "GET",
                PathContains = "/dev1/a",
                ResetAfterBytes = 150_000,
            }
        );

        (IReadOnlyList<ExportCompleteness> lines, MemoryTarget package) = await sandbox.ExportAsync("dev1");

        Assert.Equal(1, Assert.Single(lines).Included);
        Assert.Equal(content, package.Files[package.Records("files")[0].GetProperty("file").GetString()!]);
    }

    [Fact]
    public async Task Export_FileUploadedAgainMeanwhile_CopiesTheNewOneWhole()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/a");
        bool isReplaced = false;
        sandbox.Wire.Before = request =>
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/dev1/a", StringComparison.Ordinal) && !isReplaced)
            {
                isReplaced = true;
                sandbox.Container.Put("dev1/a", Encoding.UTF8.GetBytes("uploaded again"));
            }

            return Task.CompletedTask;
        };

        (IReadOnlyList<ExportCompleteness> lines, MemoryTarget package) = await sandbox.ExportAsync("dev1");

        Assert.Equal(1, Assert.Single(lines).Included);
        Assert.Equal("uploaded again", package.ContentOf("dev1/a"));
    }

    [Fact]
    public async Task Export_FileVanishedMeanwhile_IsNeitherFoundNorUnreachable()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/a", "dev1/b");
        sandbox.Wire.Before = request =>
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/dev1/a", StringComparison.Ordinal))
                sandbox.Container.Delete("dev1/a");
            return Task.CompletedTask;
        };

        (IReadOnlyList<ExportCompleteness> lines, _) = await sandbox.ExportAsync("dev1");

        Assert.Equal((1L, 1L, 0L), (lines[0].Found, lines[0].Included, lines[0].Unreachable));
        Assert.Empty(sandbox.Reported);
    }

    [Fact]
    public async Task Export_NameThatReachesAnotherBlob_DoesNotCopyTheOther()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/../dev2/secret.txt", "dev2/secret.txt");

        (IReadOnlyList<ExportCompleteness> lines, MemoryTarget package) = await sandbox.ExportAsync("dev1");

        Assert.Equal((Verdict.Unreachable, 1L, 0L), (lines[0].Verdict, lines[0].Found, lines[0].Included));
        Assert.Equal("BlobNameUnsafe", Assert.Single(sandbox.Reported).Id);
        Assert.Empty(package.Files);
    }
}
