using System.Management.Automation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr.Pipeline;

/// <summary>Takes a certificate as an object, or as the path of a file in DER or PEM form (.cer, .crt, .pem).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RecipientCertificateTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is not string path)
            return value!;

        string file = engineIntrinsics.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);
        try
        {
            return new X509Certificate2(file);
        }
        catch (CryptographicException exception)
        {
            throw new ArgumentTransformationMetadataException(
                $"'{file}' is not the file of a certificate in DER or PEM form (.cer, .crt, .pem): {exception.Message}", exception);
        }
    }
}
