import { HttpRefusal } from '@weighbridge/service-kit/problem';
import { route } from '../route.js';
import { UploadFileParams, UploadParams, UploadSchema } from '../schemas.js';

const IDLE_MS = 60_000;

export const UPLOAD_ROUTES = [
  route({
    method: 'post',
    path: '/v1/uploads',
    scope: 'register',
    summary: 'Make an empty upload',
    replies: { 201: { description: 'made', schema: UploadSchema } },
    handle: async ({ doors }) => {
      const id = await doors.uploads.create();
      return { status: 201, json: { id, files: [] }, headers: { location: `/v1/uploads/${id}` } };
    },
  }),
  route({
    method: 'get',
    path: '/v1/uploads/{upload}',
    scope: 'register',
    summary: 'What an upload holds',
    params: UploadParams,
    replies: { 200: { description: 'the upload', schema: UploadSchema } },
    handle: async ({ doors, params }) => {
      const files = await doors.uploads.files(params.upload);
      if (files === undefined) throw unknownUpload();
      return { status: 200, json: { id: params.upload, files } };
    },
  }),
  route({
    method: 'put',
    path: '/v1/uploads/{upload}/files/{path...}',
    scope: 'register',
    summary: 'Put a file into an upload; one of that path is replaced',
    params: UploadFileParams,
    body: 'stream',
    isLong: true,
    replies: { 201: { description: 'kept, durably', schema: UploadSchema.shape.files.element } },
    handle: async ({ doors, params, request }) => {
      const { 'content-length': length, 'content-encoding': encoding } = request.headers;
      if (encoding !== undefined)
        throw new HttpRefusal(415, 'USAGE', 'the file must come without an encoding', 'send its bytes as they are');
      if ((await doors.uploads.files(params.upload)) === undefined) throw unknownUpload();
      request.socket.setTimeout(IDLE_MS, () => request.destroy());
      const declared = length === undefined ? undefined : Number(length);
      return { status: 201, json: await doors.uploads.put(params.upload, params.path, declared, request) };
    },
  }),
  route({
    method: 'delete',
    path: '/v1/uploads/{upload}',
    scope: 'register',
    summary: 'Remove an upload',
    params: UploadParams,
    replies: { 204: { description: 'it is not there' } },
    handle: async ({ doors, params }) => {
      await doors.uploads.remove(params.upload);
      return { status: 204 };
    },
  }),
];

function unknownUpload(): HttpRefusal {
  return new HttpRefusal(404, 'USAGE', 'there is no such upload', 'make one: POST /v1/uploads');
}
