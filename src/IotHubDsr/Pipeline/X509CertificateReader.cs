using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace IotHubDsr.Pipeline;

/// <summary>
/// Loads certificates from files and stores. Failures are described in our own words, so that no part of a file or password gets into an
/// error.
/// </summary>
internal static class X509CertificateReader
{
    private const int LargestFile = 1024 * 1024;
    private const int WrongPassword = unchecked((int)0x80070056);

    /// <param name="source">Where the certificate is.</param>
    /// <param name="password">Password of a .pfx file, or of the private key in a .pem file.</param>
    /// <param name="pathOf">Resolves a path as the session does.</param>
    /// <exception cref="DsrException">There is no certificate, or it cannot be opened.</exception>
    public static X509Certificate2 Load(X509CertificateSource source, SecureString? password, Func<string, string> pathOf)
    {
        if (source.Certificate is not null)
            return source.Certificate;
        string place = source.Place!.Trim();
        if (place.StartsWith(@"Cert:", StringComparison.OrdinalIgnoreCase))
            return FromStorePath(place);
        string? path = place.Length == 0 ? null : pathOf(place);
        if (ThumbprintOf(place) is { } thumbprint && !File.Exists(path))
            return FromStores(place, thumbprint, StoreName.My.ToString(), [StoreLocation.CurrentUser, StoreLocation.LocalMachine]);
        return path is null ? throw Unusable(place, "no path was given") : FromFile(path, password);
    }

    private static X509Certificate2 FromFile(string path, SecureString? password)
    {
        byte[] content = ReadFile(path);
        if (content.Length == 0)
            throw Unusable(path, "the file is empty");
        try
        {
            string text = Encoding.Latin1.GetString(content);
            return text.Contains("-----BEGIN ", StringComparison.Ordinal) ? FromPem(path, text, password) : FromBinary(content, password);
        }
        catch (CryptographicException exception)
        {
            throw Unusable(
                path,
                exception.HResult == WrongPassword
                    ? password is null
                        ? "it needs a password"
                        : "the password is wrong"
                    : "it is not a certificate in a supported format, or the password is wrong"
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: > LargestFile }
                ? throw Unusable(path, "the file is larger than any certificate")
                : File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Unusable(path, $"the file cannot be read ({exception.Message.TrimEnd('.')})");
        }
    }

    private static X509Certificate2 FromBinary(byte[] content, SecureString? password)
    {
        // On macOS a key cannot be used without being in a keychain.
        X509KeyStorageFlags flags = OperatingSystem.IsMacOS() ? X509KeyStorageFlags.DefaultKeySet : X509KeyStorageFlags.EphemeralKeySet;
        return new X509Certificate2(content, password, flags);
    }

    private static X509Certificate2 FromPem(string path, string text, SecureString? password)
    {
        if (!text.Contains(" PRIVATE KEY-----", StringComparison.Ordinal))
            return X509Certificate2.CreateFromPem(text);
        if (!text.Contains("-----BEGIN ENCRYPTED PRIVATE KEY-----", StringComparison.Ordinal))
            return X509Certificate2.CreateFromPem(text, text);
        if (password is null)
            throw Unusable(path, "it needs a password");

        nint plain = SecureStringMarshal.SecureStringToGlobalAllocUnicode(password);
        char[] characters = new char[password.Length];
        try
        {
            Marshal.Copy(plain, characters, 0, characters.Length);
            return X509Certificate2.CreateFromEncryptedPem(text, text, characters);
        }
        finally
        {
            Array.Clear(characters);
            Marshal.ZeroFreeGlobalAllocUnicode(plain);
        }
    }

    private static X509Certificate2 FromStorePath(string place)
    {
        string[] parts = place.Split(['\\', '/', ':'], StringSplitOptions.RemoveEmptyEntries);
        return
            parts.Length == 4
            && Enum.TryParse(parts[1], ignoreCase: true, out StoreLocation location)
            && ThumbprintOf(parts[3]) is { } thumbprint
            ? FromStores(place, thumbprint, parts[2], [location])
            : throw Unusable(place, @"it is not of the form Cert:\<CurrentUser or LocalMachine>\<store>\<thumbprint>");
    }

    private static X509Certificate2 FromStores(string place, string thumbprint, string name, StoreLocation[] locations)
    {
        foreach (StoreLocation location in locations)
        {
            try
            {
                using var store = new X509Store(name, location, OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
                if (store.Certificates.Find(X509FindType.FindByThumbprint, thumbprint, validOnly: false) is [var found, ..])
                    return found;
            }
            catch (Exception exception) when (exception is CryptographicException or PlatformNotSupportedException)
            {
                // There is no such store here.
            }
        }

        throw Unusable(place, $"the store {name} of {string.Join(" or ", locations)} has no certificate with this thumbprint");
    }

    /// <summary>A thumbprint as it is shown or copied, with or without spaces; null when the text is none.</summary>
    private static string? ThumbprintOf(string text)
    {
        string digits = string.Concat(text.Where(char.IsAsciiHexDigit));
        return digits.Length == 40 && text.All(c => char.IsAsciiHexDigit(c) || c is ' ' or ':' or '\u200E') ? digits : null;
    }

    private static DsrException Unusable(string place, string reason) => FaultCatalogue.CertificateUnusable.Exception(place, reason);
}
