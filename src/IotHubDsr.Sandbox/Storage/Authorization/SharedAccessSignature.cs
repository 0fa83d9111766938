using System.Globalization;
using System.Net;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Authorization;

/// <summary>
/// The signature in the query of a URL: of an account, of a container, a blob or a queue, or of a container or a blob by a user's
/// delegation.
/// The strings to sign are those of the versions from 2018-11-09.
/// </summary>
internal sealed class SharedAccessSignature(
    RequestTarget target,
    BlobAccount account,
    DateTimeOffset now,
    SignedService service = SignedService.Blob
)
{
    private const string OldestVersion = "2018-11-09";

    private readonly string _version = target.Query.GetValueOrDefault("sv", "");

    /// <summary>Whether a signed-in user has delegated the right, and has it no longer when the user does not.</summary>
    public bool IsDelegated => Field("skoid").Length > 0;

    public static bool IsIn(RequestTarget target) => target.Query.ContainsKey("sig");

    /// <summary>Fails unless the signature is one of the account, of this time, and for this request.</summary>
    public void Require(SignedOperation operation)
    {
        if (!IsDelegated && !account.Options.AllowsSharedKey)
            throw new StorageException(AuthorizationErrors.KeysNotPermitted);

        RequireSimulated();
        bool isOfAccount = Field("ss").Length > 0;
        RequireSignature(
            isOfAccount ? AccountString()
                : service == SignedService.Queue ? QueueString()
                : ServiceString(),
            Keys()
        );
        RequireTime();
        RequireSource();
        if (isOfAccount)
        {
            Require(Field("ss").Contains((char)service), AuthorizationErrors.ServiceMismatch);
            Require(Field("srt").Contains(operation.ResourceType, StringComparison.Ordinal), AuthorizationErrors.ResourceTypeMismatch);
        }
        else
        {
            Require(!operation.NeedsAccount, AuthorizationErrors.ResourceTypeMismatch);
        }

        Require(operation.Permissions.Any(Field("sp").Contains), AuthorizationErrors.PermissionMismatch);
    }

    /// <summary>Content headers that the signature lets the answer to a read have instead of the blob's.</summary>
    public IEnumerable<(string Header, string Value)> Overrides =>
        ((string, string)[])
            [
                ("Cache-Control", Field("rscc")),
                ("Content-Disposition", Field("rscd")),
                ("Content-Encoding", Field("rsce")),
                ("Content-Language", Field("rscl")),
                ("Content-Type", Field("rsct")),
            ];

    private static void Require(bool holds, StorageError error)
    {
        if (!holds)
            throw new StorageException(error);
    }

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;

    private string Field(string name) => target.Query.GetValueOrDefault(name, "");

    private bool IsFrom(string version) => string.CompareOrdinal(_version, version) >= 0;

    private void RequireSimulated()
    {
        // A stored policy is kept in the container's access list, which the sandbox does not have; the others change what may be asked.
        foreach (string field in (string[])["si", "ses", "srh", "srq", "saoid", "suoid", "sduoid"])
        {
            if (Field(field).Length > 0)
                throw StorageErrors.NotSimulated($"shared access signatures with '{field}'");
        }

        if (IsDelegated && service != SignedService.Blob)
            throw StorageErrors.NotSimulated("shared access signatures of a queue by a user's delegation");

        if (!IsFrom(OldestVersion))
            throw StorageErrors.NotSimulated($"shared access signatures before version {OldestVersion}");
    }

    private IEnumerable<byte[]> Keys()
    {
        if (!IsDelegated)
            return account.Keys;

        var key = new UserDelegationKey(Field("skoid"), Field("sktid"), Field("skt"), Field("ske"), Field("sks"), Field("skv"));
        return key.IsValidAt(now)
            ? [key.Value]
            : throw AuthorizationErrors.Unauthenticated(
                $"The user delegation key is not valid: Start [{key.Start}] - Expiry [{key.Expiry}]."
            );
    }

    private void RequireSignature(string signed, IEnumerable<byte[]> keys)
    {
        if (!keys.Any(key => SharedKey.IsSignedWith(key, signed, Field("sig"))))
            throw AuthorizationErrors.Unauthenticated($"Signature did not match. String to sign used was {signed}");
    }

    private void RequireTime()
    {
        DateTimeOffset expiry = Time(Field("se")) ?? throw AuthorizationErrors.Unauthenticated("se is mandatory. Cannot be empty");
        DateTimeOffset? start = Time(Field("st"));
        if (expiry <= now || start > now)
        {
            throw AuthorizationErrors.Unauthenticated(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Signature not valid in the specified time frame: Start [{start:R}] - Expiry [{expiry:R}] - Current [{now:R}]"
                )
            );
        }
    }

    /// <summary>All clients of the sandbox are on this machine.</summary>
    private void RequireSource()
    {
        if (Field("sip").Split('-') is [{ Length: > 0 } first, ..] range)
        {
            bool isWithin =
                IPAddress.TryParse(first, out IPAddress? from)
                && IPAddress.TryParse(range[^1], out IPAddress? to)
                && Number(from) <= Number(IPAddress.Loopback)
                && Number(IPAddress.Loopback) <= Number(to);
            StorageError error = AuthorizationErrors.SourceIpMismatch;
            string message = error.Message.Replace("{0}", IPAddress.Loopback.ToString(), StringComparison.Ordinal);
            Require(isWithin, error with { Message = message });
        }
    }

    private static uint Number(IPAddress address) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address.MapToIPv4().GetAddressBytes());

    private string AccountString()
    {
        List<string> lines = [account.Name, .. Fields("sp", "ss", "srt", "st", "se", "sip", "spr", "sv")];
        if (IsFrom("2020-12-06"))
            lines.Add(Field("ses"));

        return string.Join('\n', lines) + "\n";
    }

    private string QueueString() =>
        string.Join('\n', [.. Fields("sp", "st", "se"), $"/queue/{account.Name}/{target.Container}", .. Fields("si", "sip", "spr", "sv")]);

    private string ServiceString()
    {
        List<string> lines = [.. Fields("sp", "st", "se"), Resource()];
        if (IsDelegated)
        {
            lines.AddRange(Fields("skoid", "sktid", "skt", "ske", "sks", "skv"));
            lines.AddRange(IsFrom("2020-02-10") ? Fields("saoid", "suoid", "scid") : []);
            lines.AddRange(IsFrom("2025-07-05") ? Fields("skdutid", "sduoid") : []);
        }
        else
        {
            lines.Add(Field("si"));
        }

        lines.AddRange([.. Fields("sip", "spr", "sv", "sr"), Field(Field("sr") == "bv" ? "versionid" : "snapshot")]);
        lines.AddRange(IsFrom("2020-12-06") ? Fields("ses") : []);
        lines.AddRange(IsDelegated && IsFrom("2026-04-06") ? Fields("srh", "srq") : []);
        lines.AddRange(Fields("rscc", "rscd", "rsce", "rscl", "rsct"));
        return string.Join('\n', lines);
    }

    private IEnumerable<string> Fields(params string[] names) => names.Select(Field);

    /// <summary>What the request is about, as far as the signature says that it is about that.</summary>
    private string Resource()
    {
        string container = $"/blob/{account.Name}/{target.Container}";
        return Field("sr") switch
        {
            "c" => container,
            "b" or "bs" or "bv" => $"{container}/{target.Blob}",
            "d" when int.TryParse(Field("sdd"), NumberStyles.None, CultureInfo.InvariantCulture, out int depth) => string.Join(
                '/',
                [container, .. (target.Blob ?? "").Split('/').Take(depth)]
            ),
            _ => throw AuthorizationErrors.Unauthenticated("sr is mandatory. Cannot be empty"),
        };
    }
}

/// <summary>The services that signatures are of, by the letter that an account's signature has for each.</summary>
internal enum SignedService
{
    Blob = 'b',
    Queue = 'q',
}
