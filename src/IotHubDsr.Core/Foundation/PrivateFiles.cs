namespace IotHubDsr.Core.Foundation;

/// <summary>
/// Creates every file and folder that the module writes. On Unix only their owner can read them, from the moment that they exist; on
/// Windows they inherit the access rules of the folder that they are in.
/// </summary>
internal static class PrivateFiles
{
    private const int BufferSize = 64 * 1024;
    private const UnixFileMode OwnerReadsAndWrites = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnly = OwnerReadsAndWrites | UnixFileMode.UserExecute;

    /// <summary>Creates a file; one that exists is never opened.</summary>
    public static FileStream Create(string path, FileAccess access = FileAccess.Write, FileOptions options = FileOptions.None) =>
        new(path, OptionsFor(FileMode.CreateNew, access, FileShare.None, BufferSize, options));

    /// <summary>Opens a file, or creates it, for one writer.</summary>
    /// <param name="path">Full path of the file.</param>
    /// <param name="mode">Whether it may or must exist.</param>
    /// <param name="share">What others may do with it meanwhile.</param>
    public static FileStream OpenUnbuffered(string path, FileMode mode, FileShare share) =>
        new(path, OptionsFor(mode, FileAccess.ReadWrite, share, bufferSize: 0, FileOptions.None));

    /// <summary>Makes a folder and the folders above it that are missing.</summary>
    public static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        // The mode of a call is that of the last folder; those above it would be open to all.
        var missing = new Stack<string>();
        for (string? next = Path.GetFullPath(folder); next is not null && !Directory.Exists(next); next = Path.GetDirectoryName(next))
            missing.Push(next);
        foreach (string next in missing)
            Directory.CreateDirectory(next, OwnerOnly);
    }

    /// <summary>Saves a file under a temporary name, on the disk, and renames it; a file that exists is never overwritten.</summary>
    public static Task SaveAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        SaveAsync(path, async file => await file.WriteAsync(content, cancellationToken));

    /// <summary>As <see cref="SaveAsync(string, ReadOnlyMemory{byte}, CancellationToken)"/>, of what is written as it comes.</summary>
    public static Task SaveAsync(string path, Action<Stream> write) => SaveAsync(path, file =>
        {
            write(file);
            return Task.CompletedTask;
        });

    private static async Task SaveAsync(string path, Func<FileStream, Task> write)
    {
        string temporary = TemporaryName.For(path);
        try
        {
            await using (FileStream file = Create(temporary))
            {
                await write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: false);
        }
        finally
        {
            // Where there is no folder, deleting a file in it would be the failure that is reported.
            if (File.Exists(temporary))
                File.Delete(temporary);
        }
    }

    private static FileStreamOptions OptionsFor(FileMode mode, FileAccess access, FileShare share, int bufferSize, FileOptions options)
    {
        var all = new FileStreamOptions
        {
            Mode = mode,
            Access = access,
            Share = share,
            BufferSize = bufferSize,
            Options = options,
        };
        if (!OperatingSystem.IsWindows() && mode != FileMode.Open)
            all.UnixCreateMode = OwnerReadsAndWrites;
        return all;
    }
}
