using System.Security.Cryptography;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Packages;

/// <summary>
/// Content that waits for its turn: in memory while it is small, else in a file of its own. The file is encrypted with a key that exists in
/// this process only, so that no personal data is left behind when the process is killed.
/// </summary>
internal sealed class Spool(string path) : WriteOnlyStream
{
    private const int MostInMemory = 1024 * 1024;

    private readonly MemoryStream _memory = new();
    private FileStream? _file;
    private Aes? _aes;
    private CryptoStream? _encrypted;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_encrypted is null && _memory.Length + buffer.Length <= MostInMemory)
        {
            _memory.Write(buffer);
            return;
        }

        (_encrypted ??= Begin()).Write(buffer);
    }

    /// <summary>Gives what was written; nothing can be written afterwards.</summary>
    public void Replay(Stream target)
    {
        if (_encrypted is null)
        {
            _memory.WriteTo(target);
            return;
        }

        _encrypted.FlushFinalBlock();
        _file!.Position = 0;
        using ICryptoTransform decryptor = _aes!.CreateDecryptor();
        using var content = new CryptoStream(_file, decryptor, CryptoStreamMode.Read, leaveOpen: true);
        content.CopyTo(target);
    }

    protected override void OnClose()
    {
        // The stream around the file is left alone: closing it would write once more, and a full disk fail once more.
        _file?.Dispose();
        _aes?.Dispose();
        _memory.Dispose();
    }

    private CryptoStream Begin()
    {
        _aes = Aes.Create();
        _file = PrivateFiles.Create(path, FileAccess.ReadWrite, FileOptions.DeleteOnClose);
        var encrypted = new CryptoStream(_file, _aes.CreateEncryptor(), CryptoStreamMode.Write);
        _memory.WriteTo(encrypted);
        _memory.SetLength(0);
        _memory.Capacity = 0;
        return encrypted;
    }
}
