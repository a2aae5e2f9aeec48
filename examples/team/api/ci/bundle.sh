mkdir -p dist
cp src/handler.sh dist
export VERSION="1.$(cksum < src/handler.sh | cut -d' ' -f1)"
cat > dist/template.yml <<END
Parameters:
  Version: { Type: String, Default: "$VERSION" }
Resources:
  Topic: { Type: AWS::SNS::Topic }
END
